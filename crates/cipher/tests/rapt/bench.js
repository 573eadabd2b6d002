// How many messages a second one node of the real rapt-cipher transmits to another, each in a process of its own.
//   node bench.js PORT BYTES IN_FLIGHT SECONDS
// prints `messages/s`. At most IN_FLIGHT are sent and not yet handled: without a bound the queue would only grow.
const { fork } = require('node:child_process');
const Cipher = require('rapt-cipher');

const [port, bytes, inFlight, seconds] = process.argv.slice(2).map(Number);
// The receiver says how many it has handled this often: each word between processes costs time that is not rapt-cipher's.
const REPORT = 16;

const join = (namespace, nid) =>
  Cipher.init({
    namespace,
    nid,
    logger: {},
    log: () => {},
    redis: { host: '127.0.0.1', port, options: {} },
  });

function receive(namespace) {
  const node = join(namespace, 1);
  node.tenentHandler = (recipient, found) => found(null, recipient);
  let handled = 0;
  node.onTransmit('bench', () => {
    handled += 1;
    if (handled % REPORT === 0) process.send(handled);
  });
  process.on('disconnect', () => process.exit(0));
  process.send(0);
}

function send(namespace) {
  const receiver = fork(__filename, process.argv.slice(2), { env: { ...process.env, RAPT_BENCH_RECEIVER: namespace } });
  const node = join('bench-sender', 1);
  const payload = 'x'.repeat(bytes);
  let sent = 0;
  let began = null;
  receiver.on('message', (handled) => {
    for (; sent < handled + inFlight; sent += 1) node.transmit('bench', payload, { ns: namespace, nid: 1 });
    if (handled === 0) return;
    // The first report ends the warm-up.
    began ??= { at: performance.now(), handled };
    const took = (performance.now() - began.at) / 1000;
    if (took < seconds) return;
    console.log(`${((handled - began.handled) / took).toFixed(1)}`);
    receiver.disconnect();
    receiver.on('exit', () => process.exit(0));
  });
  receiver.on('exit', (status) => process.exit(status));
}

const receiverOf = process.env.RAPT_BENCH_RECEIVER;
if (receiverOf) receive(receiverOf);
else send(`bench-${process.pid}`);
