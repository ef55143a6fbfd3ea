import { defineConfig } from 'prisma/config';

/** The CLI is used for `generate`, `format` and `validate` only; migrations are applied by `npm run migrate`. */
export default defineConfig({ schema: 'prisma/schema.prisma' });
