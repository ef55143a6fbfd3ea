import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 of Node 24 and 25 from collecting WebAssembly's machine code, for the whole process and from now on. There it may free a
 * wrapper of an import twice when one PGlite has ended and another tiers up, and ends the process with `jit_page_->allocations_.erase(addr) == 1`
 * or SIGSEGV (nodejs/node#66366; mended in V8 by 9b8ca54d5a, not yet in a release of Node 24). Costs the code of ended servers, a few MB each.
 */
export const keepWasmCode = (nodeVersion: string = process.versions.node): void => {
  if (isAffected(nodeVersion)) setFlagsFromString('--no-wasm-code-gc');
};

/** Node 22 has an older collector, Node 26 the mended one. */
export const isAffected = (nodeVersion: string): boolean => ['24', '25'].includes(nodeVersion.split('.')[0] ?? '');
