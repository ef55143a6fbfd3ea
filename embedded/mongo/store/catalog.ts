import { MongoFault } from '../fault.ts';
import { type Collection, createCollection } from './collection.ts';

/** All databases of a server. A database exists while it has a collection. */
export interface Catalog {
  /** Names of the databases that have a collection, in order. */
  readonly databases: readonly string[];
  /** The collections of a database, in the order of their names. */
  collections(database: string): readonly Collection[];
  find(database: string, name: string): Collection | undefined;
  /** The collection, created if it is not there. @throws MongoFault InvalidNamespace (73) */
  open(database: string, name: string): Collection;
  /** @returns the dropped collection, or undefined when there was none */
  drop(database: string, name: string): Collection | undefined;
  dropDatabase(database: string): void;
}

/** The name of a collection without its database. */
export const nameOf = (collection: Collection): string => collection.namespace.slice(collection.namespace.indexOf('.') + 1);

/** @throws MongoFault InvalidNamespace when mongod would not take the names */
export const checkNamespace = (database: string, name: string): void => {
  if (database === '' || database.length > 63 || /[/\\. "$\0]/.test(database)) {
    throw new MongoFault('InvalidNamespace', `Invalid database name: '${database}'`);
  }
  if (name === '' || name.startsWith('.') || name.endsWith('.') || /[$\0]/.test(name) || name.startsWith('system.') || name.length > 255) {
    throw new MongoFault('InvalidNamespace', `Invalid collection name: '${name}'`);
  }
};

/** A catalog without any database. */
export const createCatalog = (): Catalog => {
  const databases = new Map<string, Map<string, Collection>>();
  const sorted = <T>(map: ReadonlyMap<string, T> | undefined): [string, T][] =>
    [...(map ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));

  return {
    get databases() {
      return sorted(databases).map(([name]) => name);
    },
    collections: (database) => sorted(databases.get(database)).map(([, collection]) => collection),
    find: (database, name) => databases.get(database)?.get(name),
    open: (database, name) => {
      const found = databases.get(database)?.get(name);
      if (found !== undefined) return found;
      checkNamespace(database, name);
      const collection = createCollection(`${database}.${name}`);
      databases.set(database, (databases.get(database) ?? new Map<string, Collection>()).set(name, collection));
      return collection;
    },
    drop: (database, name) => {
      const collections = databases.get(database);
      const collection = collections?.get(name);
      collections?.delete(name);
      if (collections?.size === 0) databases.delete(database);
      return collection;
    },
    dropDatabase: (database) => {
      databases.delete(database);
    },
  };
};
