import type { HttpReply } from '../subgraphs/shared/server.ts';

/** Apollo Sandbox for browsers that open `/graphql`; `token` is put into its Authorization header, for demos. It is loaded from Apollo's CDN. */
export const landingPage = (token: string | undefined): HttpReply => {
  const initialState = { pollForSchemaUpdates: false, ...(token !== undefined && { sharedHeaders: { Authorization: `Bearer ${token}` } }) };
  const options = { runTelemetry: false, initialState };
  // a text inside a script must not be able to end it
  const json = JSON.stringify(options).replaceAll('<', '\\u003c');
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>One Team</title><style>body { margin: 0 } #sandbox { width: 100vw; height: 100vh }</style></head>
<body>
<div id="sandbox"></div>
<script src="https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js"></script>
<script>new window.EmbeddedSandbox({ target: '#sandbox', initialEndpoint: location.origin + '/graphql', ...${json} });</script>
</body>
</html>
`,
  };
};
