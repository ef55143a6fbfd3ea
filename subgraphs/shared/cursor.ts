import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/** Seals and opens cursors. What a cursor is bound to never travels in it. */
export type Cursors = Readonly<{
  /** `binding`: company, viewer, field, arguments and sort; `place`: any JSON value. */
  seal(binding: readonly unknown[], place: unknown): string;
  /** The place, or undefined when the cursor is forged, changed, or bound to something else. */
  open(binding: readonly unknown[], cursor: string): unknown;
}>;

/**
 * Encrypted and authenticated cursors (AES-256-GCM, the binding as additional data), so that a place in a list tells
 * nothing and fits nowhere else. The first secret seals, all open.
 */
export const createCursors = (secrets: readonly [string, ...string[]]): Cursors => {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'one-team cursors', 32)));
  const [current] = keys as [Buffer];
  return {
    seal: (binding, place) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', current, iv).setAAD(additional(binding));
      const sealed = Buffer.concat([cipher.update(padded(JSON.stringify(place)), 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open: (binding, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= 1 + ivBytes + tagBytes || bytes[0] !== version) return undefined;
      for (const key of keys) {
        const place = opened(key, additional(binding), bytes);
        if (place !== undefined) return place;
      }
      return undefined;
    },
  };
};

/** In steps of 64 bytes, so that a cursor's length tells nothing of the place in it. Blanks behind a JSON value mean nothing. */
const padded = (text: string): string => text + ' '.repeat(-Buffer.byteLength(text) & 63);

const opened = (key: Buffer, aad: Buffer, bytes: Buffer): unknown => {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(aad).setAuthTag(bytes.subarray(1 + ivBytes, 1 + ivBytes + tagBytes));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(1 + ivBytes + tagBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
};

const additional = (binding: readonly unknown[]): Buffer => Buffer.from(JSON.stringify(binding));
