import { PrismaPg } from '@prisma/adapter-pg';
import { currentSpan, span } from '../../shared/tracing.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Statements = Pick<Adapter, 'queryRaw' | 'executeRaw'>;
type Statement = Parameters<Statements['queryRaw']>[0];

/** Prisma's way to Postgres, in which each statement of a traced request is a span: its verb and its table, never its text or its values. */
export class TracedPostgres extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    return Object.assign(traced(adapter), { startTransaction: async (...given: Parameters<typeof start>) => traced(await start(...given)) });
  }
}

const traced = <Queryable extends Statements>(queryable: Queryable): Queryable => {
  const [query, execute] = [queryable.queryRaw.bind(queryable), queryable.executeRaw.bind(queryable)];
  return Object.assign(queryable, {
    queryRaw: (statement: Statement) => (isTraced() ? statementSpan(statement, () => query(statement)) : query(statement)),
    executeRaw: (statement: Statement) => (isTraced() ? statementSpan(statement, () => execute(statement)) : execute(statement)),
  });
};

const isTraced = (): boolean => currentSpan()?.isKept === true;

const statementSpan = <T>({ sql }: Statement, work: () => Promise<T>): Promise<T> => {
  const verb = /^\W*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'SQL';
  const table = /\b(?:FROM|INTO|UPDATE)\s+(?:"?public"?\.)?"?([a-z_]+)/i.exec(sql)?.[1];
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': verb, ...(table !== undefined && { 'db.collection.name': table }) };
  return span(`postgres ${verb}${table === undefined ? '' : ` ${table}`}`, attributes, work, 'client');
};
