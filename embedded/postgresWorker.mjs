// A thread does not inherit tsx from the one that starts it, nor is there one under jest.
import { register } from 'tsx/esm/api';

register();
await import('./postgresWorker.ts');
