import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePorts } from './ports.ts';
import { mustRun, runProgram } from './programs.ts';
import type { State } from './state.ts';

/** Services of docker-compose.yml in a project of their own, beside one that a person runs from the same file. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const compose = ['compose', '--project-name', 'one-team-servers', '--profile', 'servers'];
const limitMs = 600_000;

/** Whether a Docker engine answers. */
export const dockerAnswers = async (): Promise<boolean> => {
  const { code } = await runProgram('docker', ['info', '--format', '{{.ServerVersion}}'], { limitMs: 10_000 });
  return code === 0;
};

/** Brings the three up as containers on free loopback ports and waits until they are healthy. @throws with what the engine says */
export const startContainers = async (say: (text: string) => void): Promise<Extract<State, { by: 'docker' }>> => {
  const [postgres = 0, mongo = 0, kafka = 0] = await freePorts(3);
  const secret = randomBytes(12).toString('hex');
  const env = { POSTGRES_PASSWORD: secret, POSTGRES_PORT: String(postgres), MONGODB_PORT: String(mongo), KAFKA_PORT: String(kafka) };
  say('Docker: starting postgres, mongo and kafka; the first time their images are fetched …');
  try {
    await mustRun('docker compose up', 'docker', [...compose, 'up', '--detach', '--wait', 'postgres', 'mongo', 'kafka'], { limitMs, env, cwd: root });
    await mustRun('Making the replica set', 'docker', [...compose, 'run', '--rm', 'mongo-replica-set'], { limitMs, env, cwd: root });
  } catch (error) {
    await stopContainers().catch(() => undefined);
    throw error;
  }
  const urls = {
    postgres: `postgres://one_team:${secret}@127.0.0.1:${String(postgres)}/one_team`,
    // its replica set knows itself by a name that is known among containers alone
    mongo: `mongodb://127.0.0.1:${String(mongo)}/?directConnection=true`,
    kafka: `127.0.0.1:${String(kafka)}`,
  };
  return { by: 'docker', urls };
};

/** Ends the containers and removes their volumes. */
export const stopContainers = async (): Promise<void> => {
  // compose reads the whole file, which asks for a password also to stop
  await mustRun('docker compose down', 'docker', [...compose, 'down', '--volumes', '--remove-orphans'], { limitMs, env: { POSTGRES_PASSWORD: 'unused' }, cwd: root });
};
