import { GraphQLError } from 'graphql';
import { isRefused, Refusal, statusOf } from './errors.ts';

/** The GraphQL error of a refusal (SPEC §6): `extensions.code`, `.status` and, where given, `.field`, `.ids`, `.messages`. */
export const toGraphQLError = ({ code, message, details }: Refusal): GraphQLError =>
  new GraphQLError(message, { extensions: { code, status: statusOf[code], ...details } });

/** A resolver's edge: hands a result on, or throws its refusal as a GraphQL error. */
export const orThrow = <T>(result: T): Exclude<T, Refusal> => {
  if (isRefused(result)) throw toGraphQLError(result);
  return result as Exclude<T, Refusal>;
};

/** A resolver of a field whose time has not come yet. It names its field, so that a test can list all of them. */
export type NotImplemented = (() => never) & Readonly<{ notImplemented: string }>;

/** The answer of an agreed field that is not served yet. */
export const notImplemented = (field: string): NotImplemented =>
  Object.assign(
    (): never => {
      throw toGraphQLError(new Refusal('NOT_IMPLEMENTED', `${field} is agreed but not served yet.`));
    },
    { notImplemented: field },
  );
