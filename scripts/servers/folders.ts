import { fileURLToPath } from 'node:url';

const data = new URL('../../.data/', import.meta.url);

/** Data, logs and state of running servers: removed by `stop`. */
export const serversFolder = fileURLToPath(new URL('servers', data));

/** What was downloaded and checked: kept between runs, also by `stop`. */
export const cacheFolder = fileURLToPath(new URL('servers-cache', data));
