import type { Messages } from '../../shared/errors.ts';
import type { Rights } from '../rights.ts';

/** Something that a person should know about an answer. */
export type Notice = Readonly<{ code: 'SHOWING_OWN_ONLY'; messages: Messages }>;

const showingOwnOnly: Notice = {
  code: 'SHOWING_OWN_ONLY',
  messages: {
    en: 'Showing only your contacts — team filter temporarily unavailable',
    id: 'Hanya menampilkan kontak Anda — filter tim sedang tidak tersedia',
  },
};

/** The notices of a list: in an outage of teams it shows own contacts only (SPEC §3.1). */
export const noticesOf = (rights: Pick<Rights, 'fallbackMs'>): readonly Notice[] => (rights.fallbackMs === null ? [] : [showingOwnOnly]);
