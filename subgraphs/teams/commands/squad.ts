import { forbidden, type Refusal } from '../../shared/errors.ts';
import type { Scope, Service, Viewer } from '../../shared/viewer.ts';
import type { SquadApp } from '../domain/migrationItem.ts';

const scopeOf = { chat: 'teams:migrate:chat', crm: 'teams:migrate:crm' } as const satisfies Record<SquadApp, Scope>;

/** The squad that may push, cancel and follow teams of an app: a service with that app's scope (SPEC §2.2). */
export const squadOf = (viewer: Viewer, app: SquadApp): Service | Refusal => {
  if (viewer.kind === 'person') return forbidden('People do not migrate teams; this is for the services of the squads.');
  return viewer.scopes.includes(scopeOf[app])
    ? viewer
    : forbidden(`app is ${app.toUpperCase()}, which needs a token with scope ${scopeOf[app]}.`);
};

/** The apps whose squad a viewer is; none for people. */
export const appsOf = (viewer: Viewer): readonly SquadApp[] =>
  viewer.kind === 'person' ? [] : (['chat', 'crm'] as const).filter((app) => viewer.scopes.includes(scopeOf[app]));
