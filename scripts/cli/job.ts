import { apiFlags, connectApi, hasEnded, type Job, readJob, untilEnded } from './api.ts';
import { type Command, CommandFault, numberOf } from './command.ts';

const itemsFailed = 2;

/** Exit code of a job: 2 when items failed, 1 when it was cancelled. */
export const exitOf = ({ status }: Job): number => (status === 'COMPLETED_WITH_FAILURES' ? itemsFailed : status === 'CANCELLED' ? 1 : 0);

export const summaryOf = ({ id, app, dryRun, status, total, created, skipped, failed, cancelled }: Job): string =>
  `job ${id} (${app}${dryRun ? ', dry run' : ''}): ${status}, ${String(total)} items: ${String(created)} created, ${String(skipped)} skipped, ${String(failed)} failed, ${String(cancelled)} cancelled`;

/** `job <id> [--watch]` */
export const job: Command = {
  name: 'job',
  usage: 'job <id> [--watch]',
  summary: 'shows a migration job; --watch follows it to its end with a progress bar',
  details: 'Needs the token of the squad that pushed it, or scope teams:trigger.\nEnds with 2 when items failed, 1 when the job was cancelled.',
  flags: { watch: { about: 'follow it until it ends' }, timeout: { value: '<seconds>', about: 'longest time to follow, 1–86400; default 3600' }, ...apiFlags },
  positionals: [1, 1],
  run: async (invocation) => {
    const [id = ''] = invocation.positionals;
    const { output, signal, has } = invocation;
    const seconds = numberOf(invocation, 'timeout', { least: 1, most: 86_400, standard: 3_600 });
    if (!has('watch') && has('timeout')) throw new CommandFault('USAGE', '--timeout is for --watch.');
    const ask = connectApi(invocation);
    const show = ({ processed, total }: Job): void => output.progress('job', processed, total);
    const seen = has('watch') ? await untilEnded(ask, id, seconds, signal, show) : await readJob(ask, id);
    output.say(summaryOf(seen));
    output.json(seen);
    return hasEnded(seen) ? exitOf(seen) : 0;
  },
};
