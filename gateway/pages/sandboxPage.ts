import type { HttpReply } from '../../subgraphs/shared/server.ts';
import type { PageStart } from './graphiqlPage.ts';
import { asset, html } from './page.ts';

/** Where Apollo keeps Sandbox: a script that puts a frame into this page and does its requests here. */
export const sandboxScript = 'https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js';
export const sandboxFrame = 'https://sandbox.embed.apollographql.com';

/** Apollo Sandbox. When it has not spoken within `patienceMs`, or cannot be had, the page goes on to GraphiQL. */
export const sandboxPage = (start: PageStart & Readonly<{ patienceMs: number }>): HttpReply =>
  html({
    title: 'One Team: Apollo Sandbox',
    policy: {
      'script-src': `'self' ${new URL(sandboxScript).origin}`,
      'style-src': "'self'",
      'connect-src': "'self'",
      'img-src': 'data:',
      'frame-src': sandboxFrame,
    },
    styles: ['/graphiql/sandbox.css'],
    scripts: [],
    module: '/graphiql/sandbox.js',
    root: 'sandbox',
    start: { ...start, script: sandboxScript, frame: sandboxFrame },
  });

/** A file of the page by its path below `/graphiql/`; undefined: no such file. */
export const sandboxAsset = (path: string): HttpReply | undefined => {
  if (path === 'sandbox.css') return asset('text/css', style);
  return path === 'sandbox.js' ? asset('text/javascript', module) : undefined;
};

const style = 'html, body, #sandbox { height: 100%; margin: 0; overflow: hidden }\niframe { height: 100%; width: 100%; border: none }\n';

const module = `const { headers, query, patienceMs, script, frame } = JSON.parse(document.getElementById('start').textContent);
const fallBack = () => location.replace('/graphiql' + location.search);
const waiting = setTimeout(fallBack, patienceMs);
addEventListener('message', ({ origin }) => origin === frame && clearTimeout(waiting));

const element = document.createElement('script');
element.src = script;
element.onerror = fallBack;
element.onload = () => {
  if (typeof EmbeddedSandbox === 'undefined') return fallBack();
  const asked = new URLSearchParams(location.search).get('query');
  new EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: location.origin + '/graphql',
    endpointIsEditable: false,
    hideCookieToggle: true,
    runTelemetry: false,
    allowDynamicStyles: false,
    initialState: { document: asked ?? query, sharedHeaders: headers, includeCookies: false, pollForSchemaUpdates: false },
  });
};
document.head.append(element);
`;
