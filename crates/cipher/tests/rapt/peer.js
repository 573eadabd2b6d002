// One node of the real rapt-cipher, driven over standard input and output: one JSON object a line.
//   node peer.js PORT NAMESPACE NID ROUTE...
// reads {"do":"transmit"|"broadcast","route","payload","recipient","tid"} and prints what its handlers get on these routes,
// as {"kind","route","origin","tenant","payload"}. It ends with its standard input.
const Cipher = require('rapt-cipher');

const [port, namespace, nid, ...routes] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const node = Cipher.init({
  namespace,
  nid: Number(nid),
  logger: {},
  log: () => {},
  redis: { host: '127.0.0.1', port: Number(port), options: {} },
});

// What the framework calls before each handler: here the tenant is whom the message names.
node.tenentHandler = (recipient, found) => found(null, recipient);

for (const route of routes) {
  node.onTransmit(route, (origin, tenant, payload) => say({ kind: 'transmit', route, origin, tenant, payload }));
  node.onBroadcast(route, (origin, tenant, payload) => say({ kind: 'broadcast', route, origin, tenant, payload }));
}

const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { do: what, route, payload, recipient, tid } = JSON.parse(line);
  node[what](route, payload, recipient, tid);
});
lines.on('close', () => process.exit(0));
