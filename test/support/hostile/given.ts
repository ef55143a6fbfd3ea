import type { Planted } from './planted.ts';
import type { HostileWorld } from './world.ts';

/** What the tests of one run share; to be had inside of tests. */
export type Given = () => Readonly<{ world: HostileWorld; at: Planted }>;
