/** MongoDB's own numbers for the errors this server answers with; drivers and callers branch on them. */
const CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotSupported: 115,
  NotAReplicaSet: 123,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  OperationNotSupportedInTransaction: 263,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  NoGroupId: 15955,
  UnknownAccumulator: 15952,
  LimitNotPositive: 15958,
  SortNotNumeric: 15974,
  SortNotOneOrMinusOne: 15975,
  UndefinedVariable: 17276,
  CountNotNamed: 40157,
  StageNotOneField: 40323,
  UnknownStage: 40324,
  MissingField: 40414,
  UnknownField: 40415,
  NegativeCount: 51024,
  PathCollisionBelow: 31249,
  PathCollision: 31250,
  InclusionAmongExclusions: 31253,
  ExclusionAmongInclusions: 31254,
  BadRegularExpression: 51091,
} as const;

/** A name out of MongoDB's list of error codes. */
export type FaultName = keyof typeof CODES;

/** Codes that mongod itself answers without a symbolic name: it writes `Location<code>` instead. */
const UNNAMED = new Set<FaultName>([
  'NoGroupId', 'UnknownAccumulator', 'LimitNotPositive', 'SortNotNumeric', 'SortNotOneOrMinusOne', 'CountNotNamed', 'StageNotOneField', 'NegativeCount',
  'PathCollisionBelow', 'PathCollision', 'InclusionAmongExclusions', 'ExclusionAmongInclusions', 'UnknownField', 'MissingField', 'UnknownStage', 'UndefinedVariable', 'BadRegularExpression',
]);

/** An error that is answered to the client; the connection stays open. */
export class MongoFault extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Fields beside code and message, such as keyPattern and keyValue of a duplicate key. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: FaultName, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = CODES[name];
    this.codeName = UNNAMED.has(name) ? `Location${this.code}` : name;
    this.details = details;
  }
}
