import type { HttpReply } from '../../subgraphs/shared/server.ts';

/** What a page may load and speak to: the sources of each directive of its Content-Security-Policy. What is not named may nothing. */
export type Policy = Readonly<Partial<Record<'script-src' | 'style-src' | 'connect-src' | 'img-src' | 'font-src' | 'worker-src' | 'frame-src', string>>>;

export type Page = Readonly<{
  title: string;
  policy: Policy;
  /** Paths of stylesheets, of scripts that define something, and of the module that starts the page. */
  styles: readonly string[];
  scripts: readonly string[];
  module: string;
  /** Id of the element that the page fills. */
  root: string;
  /** Handed to the page's module as JSON, in an element with the id `start`. */
  start: unknown;
}>;

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin' };

/** A page without a line of inline script. Nobody may frame it, and a form on it may be sent nowhere. */
export const html = ({ title, policy, styles, scripts, module, root, start }: Page): HttpReply => ({
  status: 200,
  headers: { ...common, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policyText(policy) },
  body: [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title>`,
    '<link rel="icon" href="data:,">',
    ...styles.map((path) => `<link rel="stylesheet" href="${path}">`),
    '</head>',
    '<body>',
    `<div id="${root}"></div>`,
    '<noscript>This page needs JavaScript.</noscript>',
    `<script type="application/json" id="start">${JSON.stringify(start).replaceAll('<', '\\u003c')}</script>`,
    ...scripts.map((path) => `<script src="${path}"></script>`),
    `<script type="module" src="${module}"></script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n'),
});

/** A file that a page of the same origin loads. */
export const asset = (type: 'text/javascript' | 'text/css', body: string): HttpReply => ({
  status: 200,
  headers: { ...common, 'content-type': `${type}; charset=utf-8` },
  body,
});

const policyText = (policy: Policy): string =>
  Object.entries({ 'default-src': "'none'", 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'", ...policy })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
