# Free ports on loopback for everything in the stack.
#
# They lie below the range that outgoing connections take theirs from (32768 and up): whoever was killed finds its port free
# when it is started again.

free_ports() {
  node -e '
    const net = require("node:net");
    const listen = (port) => new Promise((resolve) => {
      const server = net.createServer();
      server.once("error", () => resolve(null));
      server.listen(port, "127.0.0.1", () => resolve(server));
    });
    (async () => {
      const held = [];
      for (let tries = 0; held.length < Number(process.argv[1]); tries++) {
        if (tries > 10000) { console.error("no free ports on 127.0.0.1 between 10000 and 30000"); process.exit(1); }
        const server = await listen(10000 + Math.floor(Math.random() * 20000));
        if (server) held.push(server);
      }
      for (const server of held) console.log(server.address().port);
      process.exit(0);
    })();
  ' "$1"
}
