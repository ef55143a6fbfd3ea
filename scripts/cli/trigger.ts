import { apiFlags, connectApi } from './api.ts';
import { type Command, CommandFault } from './command.ts';

export const triggerMutation = `mutation ($input: TriggerTeamMigrationInput!) { triggerTeamMigration(input: $input) { run { id createdAt
  squads { app companies(first: 100) { totalCount nodes { companySsoId trigger error } } } } } }`;

type Company = Readonly<{ companySsoId: string; trigger: string | null; error: string | null }>;
type Run = Readonly<{ id: string; createdAt: string; squads: readonly Readonly<{ app: string; companies: Readonly<{ totalCount: number; nodes: readonly Company[] }> }>[] }>;

/** `trigger --apps chat,crm [--companies …]` */
export const trigger: Command = {
  name: 'trigger',
  usage: 'trigger --apps chat,crm [--companies <id>,<id>…]',
  summary: 'asks squads to push their teams',
  details: 'Needs a token with scope teams:trigger. Without --companies: every active company with both flags on.\nThe squads are called in the background; ask for the run again to see what became of each.',
  flags: {
    apps: { value: 'chat,crm', about: 'which squads, separated by commas' },
    companies: { value: '<id>,<id>…', multiple: true, about: 'only these companies; may be given again' },
    ...apiFlags,
  },
  positionals: [0, 0],
  run: async (invocation) => {
    const { one, all, output } = invocation;
    const apps = listOf(one('apps') ?? '');
    const odd = apps.find((app) => app !== 'chat' && app !== 'crm');
    if (odd !== undefined || apps.length === 0) throw new CommandFault('USAGE', `--apps is ${odd === undefined ? 'missing' : JSON.stringify(one('apps'))}; it must be chat, crm, or chat,crm.`);
    const companies = all('companies').flatMap(listOf);
    const input = { apps: [...new Set(apps.map((app) => app.toUpperCase()))], ...(invocation.has('companies') && { companySsoIds: companies }) };
    const { run } = (await connectApi(invocation)<{ triggerTeamMigration: { run: Run } }>(triggerMutation, { input })).triggerTeamMigration;
    output.say(`run ${run.id}`);
    for (const { app, companies: called } of run.squads) {
      output.say(`  ${app}: ${String(called.totalCount)} companies`);
      for (const { companySsoId, trigger: state, error } of called.nodes) output.say(`    ${companySsoId} ${state ?? ''}${error === null ? '' : ` ${error}`}`);
    }
    output.json(run);
    return 0;
  },
};

const listOf = (text: string): readonly string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '');
