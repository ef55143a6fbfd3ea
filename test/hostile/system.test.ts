import { afterAll, beforeAll, describe } from '@jest/globals';
import { plant, type Planted } from '../support/hostile/planted.ts';
import { type HostileWorld, startHostileWorld } from '../support/hostile/world.ts';
import { calls } from './calls.ts';
import { ids } from './ids.ts';
import { operations } from './operations.ts';
import { paging } from './paging.ts';
import { pushes } from './pushes.ts';
import { requests } from './requests.ts';
import { sockets } from './sockets.ts';
import { texts } from './texts.ts';

let world: HostileWorld;
let at: Planted;
beforeAll(async () => {
  world = await startHostileWorld();
  at = await plant(world);
}, 60_000);
afterAll(() => world.close(), 30_000);

// Starting the system costs more than most of what is asked of it: one for all.
const given = () => ({ world, at });

describe('operations', () => operations(given));
describe('requests', () => requests(given));
describe('ids', () => ids(given));
describe('texts', () => texts(given));
describe('paging', () => paging(given));
describe('calls', () => calls(given));
describe('pushes', () => pushes(given));
describe('sockets', () => sockets(given));
