import { type Loop, startLoop } from '../subgraphs/shared/loop.ts';

export type SupergraphFileOptions = Readonly<{
  /** Milliseconds between two looks at the file. */
  pollMs: number;
  read: () => Promise<string>;
  offer: (read: () => Promise<string>) => Promise<unknown>;
}>;

/** Watches the file of a supergraph by reading it again and again: that also notices files that are exchanged as a link (Kubernetes), and network drives. */
export const watchSupergraph = ({ pollMs, read, offer }: SupergraphFileOptions): Loop =>
  startLoop({
    pollMs,
    pass: async () => {
      await offer(read);
      return false;
    },
    // offering never throws
    onFault: () => undefined,
  });
