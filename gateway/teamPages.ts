import { toGraphQLError } from '../subgraphs/shared/edge.ts';
import { isRefused, type Refusal, statusOf } from '../subgraphs/shared/errors.ts';
import type { Logger } from '../subgraphs/shared/logger.ts';
import type { Peer } from '../subgraphs/shared/peer.ts';
import { type HttpHandler, type HttpReply, type HttpRequest, json } from '../subgraphs/shared/server.ts';
import type { Admission } from './admission.ts';
import type { Authenticator } from './auth.ts';
import { correlationHeader, correlationOf } from './correlation.ts';
import { bearerOfCookie } from './sessionCookie.ts';
import { askStanding, type Standing } from './teamStanding.ts';

/** Where people are sent from the two addresses of team management. Nothing of a request chooses another place. */
export type TeamPages = Readonly<{
  /** For who is not signed in. */
  signIn: URL;
  /** For who does not manage teams, and from the new address while the company's flags are off. */
  dashboard: URL;
  /** The page as it was, for companies whose flags are off. It must not be an address that leads here again. */
  legacy: URL;
  /** The page as it is, while another server has it. None: whatever else this gateway has at `/launchpad/team`. */
  page?: URL | undefined;
  /** Name of a cookie that holds the SSO's JWT. None: only an Authorization header says who asks. */
  sessionCookie?: string | undefined;
}>;

export type TeamPagesOptions = Readonly<{
  /** None: neither address is answered here. */
  teamPages?: TeamPages | undefined;
  teams: Peer;
  authenticate: Authenticator;
  admission: Pick<Admission, 'enter'>;
  now: () => number;
  newId: () => string;
  logger: Logger;
}>;

const oldPath = '/qontakcrm/team' as const;
const newPath = '/launchpad/team' as const;
type TeamPath = typeof oldPath | typeof newPath;

/**
 * `/qontakcrm/team` and `/launchpad/team` in a browser (OTM-S03): 307 to where this person finds team management. Who asks is told by the
 * Authorization header or, as a browser sends none when somebody follows a link, by the session cookie. That cookie is read here and nowhere
 * else: a page of another site can make a browser send it, which must never run an operation.
 */
export const teamPagesHandler = ({ teamPages, ...deps }: TeamPagesOptions): HttpHandler =>
  teamPages === undefined ? () => Promise.resolve(undefined) : (request) => answer(teamPages, deps, request);

type Deps = Omit<TeamPagesOptions, 'teamPages'>;

const answer = async (pages: TeamPages, deps: Deps, request: HttpRequest): Promise<HttpReply | undefined> => {
  const path = [oldPath, newPath].find((known) => request.path === known || request.path === `${known}/`);
  if (path === undefined) return undefined;
  const correlationId = correlationOf(request) ?? deps.newId();
  const reply = await replyTo(pages, deps, path, request, correlationId);
  return reply && { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store', vary: 'authorization, cookie', [correlationHeader]: correlationId } };
};

const replyTo = async (pages: TeamPages, deps: Deps, path: TeamPath, request: HttpRequest, correlationId: string): Promise<HttpReply | undefined> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const not = json(405, { errors: [{ message: 'This page is got by GET.', extensions: { code: 'BAD_USER_INPUT', status: 405 } }] });
    return { ...not, headers: { ...not.headers, allow: 'GET, HEAD' } };
  }
  const { authorization, cookie, 'x-platform': platform } = request.headers;
  const signedIn = await deps.authenticate(authorization ?? bearerOfCookie(pages.sessionCookie, cookie), typeof platform === 'string' ? platform : undefined);
  const standing = isRefused(signedIn) ? signedIn : ((await deps.admission.enter(signedIn.viewer)) ?? (await askStanding(deps, signedIn.viewer, correlationId)));
  if (isRefused(standing)) return standing.code === 'UNAUTHENTICATED' ? redirect(pages.signIn.href) : refused(standing);
  const target = destination(path, standing);
  switch (target) {
    case 'dashboard':
      return redirect(pages.dashboard.href);
    case 'legacy':
      return redirect(withQuery(pages.legacy, request.search));
    case 'new':
      return redirect(`${newPath}${queryOf(request.search)}`);
    case 'page':
      return pages.page && redirect(withQuery(pages.page, request.search));
    default:
      return target satisfies never;
  }
};

/** Where a person is led from one of the two addresses (OTM-S03). */
export const destination = (path: TeamPath, { managesTeams, isEnabled }: Standing): 'dashboard' | 'legacy' | 'new' | 'page' => {
  if (!managesTeams) return 'dashboard';
  if (path === oldPath) return isEnabled ? 'new' : 'legacy';
  return isEnabled ? 'page' : 'dashboard';
};

const redirect = (location: string): HttpReply => ({ status: 307, headers: { location }, body: '' });

const refused = (refusal: Refusal): HttpReply => {
  const reply = json(statusOf[refusal.code], { errors: [toGraphQLError(refusal)] });
  const seconds = refusal.details.retryAfterSeconds;
  return seconds === undefined ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': String(seconds) } };
};

/** A query as it is written again from its parts, so that nothing but a query can be in it. */
const queryOf = (search: string): string => {
  const text = new URLSearchParams(search).toString();
  return text === '' ? '' : `?${text}`;
};

/** The query of the page goes along; what the configured address says itself stays as it is. */
const withQuery = (target: URL, search: string): string => {
  const to = new URL(target);
  for (const [name, value] of new URLSearchParams(search)) if (!target.searchParams.has(name)) to.searchParams.append(name, value);
  return to.href;
};
