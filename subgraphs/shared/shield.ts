import { createRequire } from 'node:module';
import type * as Shield from 'graphql-shield';

/**
 * graphql-shield, loaded as CommonJS: its ES modules (7.6.5, the newest) import `isUndefined` of `node:util`, which Node 23 took
 * away, and so cannot be loaded on Node 24. Only `chain` and `race` call it, which is why they are not handed on here.
 */
const { allow, rule, shield } = createRequire(import.meta.url)('graphql-shield') as typeof Shield;

export { allow, rule, shield };
export type { IRules } from 'graphql-shield';
