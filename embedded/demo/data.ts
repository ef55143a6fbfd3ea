import { createHash } from 'node:crypto';
import type { Role } from '../../subgraphs/shared/access/permissions.ts';

/** A stable UUID for a thing of the demo data, so that processes started apart agree without talking. */
export const demoId = (label: string): string => {
  const hex = createHash('sha256').update(`one-team demo ${label}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
};

export type DemoPerson = Readonly<{ key: string; fullName: string; role: Role; teams: readonly string[]; about: string }>;

export type DemoCompany = Readonly<{
  key: string;
  id: string;
  name: string;
  /** Name → name of its parent; parents come first. */
  teams: readonly (readonly [name: string, parent: string | null])[];
  people: readonly DemoPerson[];
}>;

/** Both companies have teams of these names. */
const teams: DemoCompany['teams'] = [
  ['General', null],
  ['Product', null],
  ['Product Management', 'Product'],
  ['Qontak Product', 'Product'],
  ['Qontak Designer', 'Product'],
  ['Sales', null],
];

/** The company that the story is told in, and a second one with equal names everywhere. */
export const demoCompanies: readonly [DemoCompany, DemoCompany] = [
  {
    key: 'qontak',
    id: demoId('company qontak'),
    name: 'Qontak Jaya',
    teams,
    people: [
      { key: 'olivia', fullName: 'Olivia Hartono', role: 'OWNER', teams: ['General'], about: 'the owner' },
      { key: 'bayu', fullName: 'Bayu Pratama', role: 'ADMIN', teams: ['General'], about: 'Org Admin, sees everything' },
      { key: 'made', fullName: 'Made Wirawan', role: 'SUPERVISOR', teams: ['Product'], about: 'manager of the parent team Product' },
      { key: 'zhelia', fullName: 'Zhelia Putri', role: 'AGENT', teams: ['Product Management', 'Qontak Product'], about: 'in Product Management and Qontak Product' },
      { key: 'rara', fullName: 'Rara Anggraini', role: 'AGENT', teams: ['Product Management', 'Qontak Designer'], about: 'in Product Management and Qontak Designer' },
      { key: 'nita', fullName: 'Nita Lestari', role: 'AGENT', teams: [], about: 'in no team' },
    ],
  },
  {
    key: 'sinar',
    id: demoId('company sinar'),
    name: 'Sinar Abadi',
    teams,
    people: [
      { key: 'sinar-olivia', fullName: 'Olivia Hartono', role: 'OWNER', teams: ['General'], about: 'the owner of the second company' },
      { key: 'sinar-zhelia', fullName: 'Zhelia Putri', role: 'AGENT', teams: ['Product Management', 'Qontak Product'], about: 'of the second company, same names everywhere' },
    ],
  },
];

/** Id of a team of the demo data. */
export const demoTeamId = (company: DemoCompany, name: string): string => demoId(`team ${company.key} ${name}`);

/** Id of a person of the demo data; keys are unique over both companies. */
export const demoPersonId = (key: string): string => demoId(`person ${key}`);

export type DemoContact = Readonly<{ name: string; owner: string; teams: readonly string[]; note?: string }>;

/** The customers of each demo company, under the same names; owners are keys of people, prefixed in the second one. */
export const demoContacts: readonly DemoContact[] = [
  { name: 'Andi Saputra', owner: 'zhelia', teams: ['Product Management', 'Qontak Product'], note: 'Asked for the roadmap.' },
  { name: 'Budi Santoso', owner: 'olivia', teams: ['Product Management'], note: 'Renewal in March.' },
  { name: 'Citra Dewi', owner: 'olivia', teams: ['Qontak Product'] },
  { name: 'Dian Kusuma', owner: 'olivia', teams: ['Qontak Designer'], note: 'Wants the new icons.' },
  { name: 'Eka Wijaya', owner: 'olivia', teams: ['Product'] },
  { name: 'Fajar Nugroho', owner: 'olivia', teams: ['Sales'] },
  { name: 'Gita Permata', owner: 'olivia', teams: [] },
  { name: 'Hendra Gunawan', owner: 'olivia', teams: ['Sales', 'Qontak Designer'] },
];

/** Demo services and what their tokens may. */
export const demoServices = [
  { key: 'chat', sub: 'chat-squad', scopes: ['teams:migrate:chat'], about: 'pushes Chat divisions' },
  { key: 'crm', sub: 'crm-squad', scopes: ['teams:migrate:crm'], about: 'pushes CRM teams' },
  { key: 'engineer', sub: 'migration-engineer', scopes: ['teams:trigger', 'flags:write'], about: 'triggers migrations, sets flags' },
  { key: 'sync', sub: 'contact-sync', scopes: ['contacts:write'], about: 'creates and edits contacts' },
] as const;
