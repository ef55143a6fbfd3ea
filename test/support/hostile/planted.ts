import { randomUUID } from 'node:crypto';
import { demoCompanies, demoPersonId, demoTeamId } from '../../../embedded/demo/data.ts';
import { until } from '../until.ts';
import type { HostileWorld } from './world.ts';

/** Ids of things of the asking company or squad, and of another's. */
export type Planted = Readonly<{
  own: Readonly<Record<'company' | 'team' | 'root' | 'pushed' | 'person' | 'contact' | 'note' | 'job' | 'run' | 'move' | 'event', string>>;
  /** Of the second company; `job`, `run`, `pushed` and `event` of the other squad as well. */
  foreign: Readonly<Record<'company' | 'team' | 'person' | 'contact' | 'note' | 'job' | 'run' | 'pushed' | 'event', string>>;
  /** Nobody's. */
  unknown: Readonly<{ uuid: string; otherUuid: string; objectId: string }>;
}>;

type Nodes<T> = Readonly<{ nodes: readonly T[] }>;

/** Puts into a world what the sites ask for, beside the demo data. */
export const plant = async (world: HostileWorld): Promise<Planted> => {
  const [ours, theirs] = demoCompanies;
  const [chat, crm] = [await push(world, 'chat', ours.id), await push(world, 'crm', theirs.id)];
  const started = await world.ask('mover', 'mutation ($id: ID!) { it: startLegacyMove(input: { companySsoId: $id, dryRun: true }) { move { id } } }', { id: ours.id });
  const move = (started.data?.['it'] as { move: { id: string } }).move.id;
  await until(async () => /COMPLETED/.test((await world.ask('mover', 'query ($id: ID!) { legacyMove(id: $id) { status } }', { id: move })).text));
  return {
    own: { company: ours.id, team: demoTeamId(ours, 'Qontak Product'), root: demoTeamId(ours, 'Product'), person: demoPersonId('rara'), ...(await customer(world, 'bayu')), ...chat, move },
    foreign: { company: theirs.id, team: demoTeamId(theirs, 'Product'), person: demoPersonId('sinar-zhelia'), ...(await customer(world, 'sinar-olivia')), ...crm },
    unknown: { uuid: randomUUID(), otherUuid: randomUUID(), objectId: 'abcdefabcdefabcdefabcdef' },
  };
};

const customer = async (world: HostileWorld, as: string) => {
  const { data } = await world.ask(as, '{ contacts(filter: { name: "Andi" }) { nodes { id notes { nodes { id } } } } }');
  const [found] = (data?.['contacts'] as Nodes<{ id: string; notes: Nodes<{ id: string }> }>).nodes;
  const contact = found?.id;
  const note = found?.notes.nodes[0]?.id;
  if (contact === undefined || note === undefined) throw new Error('The demo has no contact with a note.');
  return { contact, note };
};

const push = async (world: HostileWorld, squad: 'chat' | 'crm', companySsoId: string) => {
  const app = squad.toUpperCase();
  const query = 'mutation ($input: MigrateTeamsInput!) { it: migrateTeams(input: $input) { job { id runId } } }';
  const items = [{ companySsoId, name: 'Planted', appIdentifierId: 'planted' }, { companySsoId, name: 'Below', appIdentifierId: 'below', parentAppIdentifierId: 'planted' }];
  const { data } = await world.ask(squad, query, { input: { app, items } });
  const { job } = data?.['it'] as { job: { id: string; runId: string } };
  const events = async (): Promise<readonly { eventId: string; teamId: string }[]> =>
    ((await world.ask(squad, `{ it: teamEvents(app: ${app}) { nodes { eventId teamId } } }`)).data?.['it'] as Nodes<{ eventId: string; teamId: string }>).nodes;
  await until(async () => /"COMPLETED/.test((await world.ask(squad, 'query ($id: ID!) { migrationJob(id: $id) { status } }', { id: job.id })).text) && (await events()).length === 2);
  const [first] = await events();
  return { job: job.id, run: job.runId, event: first?.eventId ?? '', pushed: first?.teamId ?? '' };
};
