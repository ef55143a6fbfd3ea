import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from './checksums.ts';
import { titles } from './kinds.ts';
import { mustRun } from './programs.ts';

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

/** Kafka and what it stands on; slf4j-simple makes it say why it does not start. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>one-team</groupId>
  <artifactId>servers</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.1.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** `<sha256>  <file>` per line, as sha256sum writes it. */
const manifest = new URL('kafkaJars.sha256', import.meta.url);

/** The folder of Kafka's jars, each checked against the manifest. @throws one message that says what to install. */
export const kafkaJars = async (cache: string, say: (text: string) => void): Promise<string> => {
  const folder = join(cache, 'kafka-4.1.0');
  const java = await mustRun('java', 'java', ['-version'], { limitMs: 10_000 }).catch(() => '');
  if (Number(/version "(\d+)/.exec(java)?.[1] ?? 0) < 17) throw new Error(`${titles.kafka} needs Java 17: apt-get install openjdk-17-jre-headless`);
  if (existsSync(folder)) {
    const fault = await compare(folder);
    if (fault === undefined) return folder;
    await rm(folder, { recursive: true });
  }
  const draft = `${folder}.${String(process.pid)}`;
  await mkdir(draft, { recursive: true });
  try {
    say('Kafka: downloading 43 MB (once) …');
    await writeFile(join(draft, 'pom.xml'), pom);
    const task = [plugin, `-DoutputDirectory=${join(draft, 'jars')}`, '-DincludeScope=runtime'];
    await mustRun('Maven', 'mvn', ['-B', '-q', '-f', join(draft, 'pom.xml'), ...task], { limitMs: 300_000 });
    const fault = await compare(join(draft, 'jars'));
    if (fault !== undefined) throw new Error(fault);
    await rename(join(draft, 'jars'), folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } catch (error) {
    throw new Error(`${titles.kafka} is not here. Install Maven (apt-get install maven), which fetches it. Tried, and ${error instanceof Error ? error.message : ''}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
};

/** What is not as recorded: a jar too many, too few, or another. */
const compare = async (folder: string): Promise<string | undefined> => {
  const recorded = new Map<string, string>();
  for (const line of (await readFile(manifest, 'utf8')).trim().split('\n')) {
    const [sum = '', name = ''] = line.split(/\s+/);
    recorded.set(name, sum);
  }
  const found = await readdir(folder);
  const strange = found.find((name) => !recorded.has(name));
  if (strange !== undefined) return `${strange} is not in kafkaJars.sha256.`;
  for (const [name, sum] of recorded) {
    if (!found.includes(name)) return `${name} is missing.`;
    const actual = await sha256Of(join(folder, name));
    if (actual !== sum) return `${name} has SHA-256 ${actual}, not ${sum}.`;
  }
  return undefined;
};
