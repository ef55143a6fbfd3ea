import { orThrow } from '../../shared/edge.ts';
import { notFound } from '../../shared/errors.ts';
import { excerpt } from '../../shared/text.ts';
import type { CompanyResolvers } from '../generated/schema.ts';
import { toWire } from './wire.ts';

/** A company's fields; only the viewer's own is ever found. */
export const Company: CompanyResolvers = {
  __resolveReference: async ({ id }, { company }) => {
    const own = await company();
    return orThrow(own?.id === id ? own : notFound(`There is no company ${excerpt(id)}.`));
  },
  plan: ({ plan }) => toWire(plan),
};
