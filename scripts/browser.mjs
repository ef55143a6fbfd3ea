import { existsSync } from 'node:fs';
import { runJest } from './jest.mjs';
import { prepare } from './prepare.mjs';

/**
 * `npm run test:browser [-- jest arguments]`: the pages that people open, in a real Chromium: that of CHROMIUM, else the system's.
 * None is downloaded.
 */
const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const given = process.env.CHROMIUM;
const found = (given ? [given] : usual).find((path) => existsSync(path));

if (found === undefined) {
  console.error(
    given
      ? `CHROMIUM is ${JSON.stringify(given)}, and no such file is there.`
      : `No Chromium here: looked for ${usual.join(', ')}. On Debian: apt-get install chromium. Elsewhere: CHROMIUM=<its program> npm run test:browser.`,
  );
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} else {
  prepare();
  process.exitCode = await runJest(['--testPathIgnorePatterns', '/test/(?!browser/)', '--runInBand', ...process.argv.slice(2)], { TEST_CHROMIUM: found });
}
