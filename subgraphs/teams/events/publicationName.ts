/** The name that the publisher to Kafka keeps its place under. */
export const kafkaPublication = 'kafka';
