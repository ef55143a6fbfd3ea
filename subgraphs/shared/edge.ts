import { GraphQLError } from 'graphql';
import { isRefused, type Refusal, statusOf } from './errors.ts';

/** The GraphQL error of a refusal (SPEC §6): `extensions.code`, `.status` and, where given, `.field`, `.ids`, `.messages`. */
export const toGraphQLError = ({ code, message, details }: Refusal): GraphQLError =>
  new GraphQLError(message, { extensions: { code, status: statusOf[code], ...details } });

/** A resolver's edge: hands a result on, or throws its refusal as a GraphQL error. */
export const orThrow = <T>(result: T): Exclude<T, Refusal> => {
  if (isRefused(result)) throw toGraphQLError(result);
  return result as Exclude<T, Refusal>;
};
