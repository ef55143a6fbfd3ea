// A worker thread starts without the TypeScript loader: `--import tsx` only takes hold in the main thread.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');
