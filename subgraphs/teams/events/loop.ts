export { type Loop, startLoop } from '../../shared/loop.ts';
