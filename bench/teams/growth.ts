import { randomUUID } from 'node:crypto';
import { addCompany, chat, commandsOf, good, item, pushOf } from '../../test/support/migration.ts';
import { median, type TeamsPlace, teamsPlace, timed } from '../place.ts';
import { type Measure, ratio } from './figure.ts';

const [few, many] = [1_000, 1_000_000];
const probe = 5_000;
const rounds = 7;
const perCompany = 10_000;

/** Fills the table with so many teams, 10,000 to a company, ten below each. */
const fill = async ({ plain }: TeamsPlace, count: number): Promise<void> => {
  const companies = Math.ceil(count / perCompany);
  await plain.query(`INSERT INTO companies (id, name, plan) SELECT gen_random_uuid(), 'filled', 'growth' FROM generate_series(1, $1::int)`, [companies]);
  await plain.query(
    `WITH numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM companies WHERE name = 'filled'),
       made AS (SELECT gen_random_uuid() AS id, c.id AS company_id, n FROM numbered c, generate_series(0, $1::int - 1) n)
     INSERT INTO teams (id, company_id, name, name_key, source_identifier, reference_id)
     SELECT id, company_id, 'Chat - Team ' || n, 'chat - team ' || n, 'Chat', n::text FROM made`,
    [Math.min(count, perCompany)],
  );
  await plain.query(`UPDATE teams t SET parent_id = p.id FROM teams p WHERE p.company_id = t.company_id AND p.reference_id = (t.reference_id::int / 10)::text AND t.reference_id <> '0'`);
  await plain.query('VACUUM ANALYZE');
};

/** What a team costs in a table of 1,000 and of 1,000,000: the same pushes in turns. */
export const growth: Measure = async () => {
  const [small, large] = [await teamsPlace(), await teamsPlace()];
  await fill(small, few);
  await fill(large, many);
  const sides = [small, large].map((place) => ({ place, commands: commandsOf(place.database), times: [] as number[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { place, commands, times } of round % 2 === 0 ? sides : sides.toReversed()) {
      const companyId = await addCompany(place.database);
      const items = Array.from({ length: probe }, (_, n) => item(companyId, String(n), { parentAppIdentifierId: n === 0 ? null : String(Math.floor(n / 10)) }));
      const took = await timed(async () => commands.work(good(await commands.migrateTeams(chat, pushOf(items, { idempotencyKey: randomUUID() }))).id));
      // the first round warms both up
      if (round > 0) times.push(took);
      // the small table stays small
      if (place === small) await place.plain.query('DELETE FROM teams WHERE company_id = $1', [companyId]);
    }
  }
  const [atFew = 0, atMany = 0] = sides.map(({ times }) => median(times));
  await Promise.all([small.close(), large.close()]);
  const each = (ms: number): string => `${((ms / probe) * 1_000).toFixed(0)} µs`;
  return [{ what: `a team in a table of ${many.toLocaleString('en')} (${each(atMany)}) beside one of ${few.toLocaleString('en')} (${each(atFew)})`, value: ratio(atMany / atFew), goal: '≤ 1.3 ×' }];
};
