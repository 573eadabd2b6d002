// Shows that Chromium's decodeAudioData gives each segment of a library exactly its samples, at exactly their place.
//
//   node browser-check.mjs FOLDER
//
// FOLDER holds library.json, the .opus files and, for each, SLUG.f32: what `demo-music decode` says it sounds like
// (interleaved 32-bit floats), and perhaps SLUG.source.f32, the sound before encoding. `scripts/demo-music browser`
// prepares one and runs this. Exit code 1 when a segment has another length, is shifted, or differs.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = process.argv[2];
const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const library = JSON.parse(readFileSync(join(folder, 'library.json'), 'utf8'));

const page = `<!doctype html><meta charset="utf-8"><script type="module">
const bytes = async (path) => (await fetch(path)).arrayBuffer();
const post = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
// The shift at which a stretch of the reference lies best upon what was decoded, searched over more than the pre-skip.
function lag(decoded, reference) {
  const width = 4096, reach = 5000;
  const at = Math.floor(reference.length / 2 - width / 2);
  let best = { lag: null, error: Infinity };
  for (let shift = -reach; shift <= reach; shift++) {
    let error = 0;
    for (let i = 0; i < width; i += 2) {
      const d = (decoded[at + i + shift] ?? 9) - reference[at + i];
      error += d * d;
      if (error >= best.error) break;
    }
    if (error < best.error) best = { lag: shift, error };
  }
  return best.lag;
}
const decode = {
  offline: (data) => new OfflineAudioContext(2, 1, 48000).decodeAudioData(data),
  realtime: (data) => (globalThis.shared ??= new AudioContext({ sampleRate: 48000 })).decodeAudioData(data),
};
try {
  const library = await (await fetch('/library.json')).json();
  for (const track of library) {
    const file = await bytes('/' + track.slug + '.opus');
    const all = new Float32Array(await bytes('/' + track.slug + '.f32'));
    const sourceReply = await fetch('/' + track.slug + '.source.f32');
    const source = sourceReply.ok ? new Float32Array(await sourceReply.arrayBuffer()) : null;
    for (const [index, segment] of track.segments.entries()) {
      for (const context of ['offline', 'realtime']) {
        const data = file.slice(segment.offset, segment.offset + segment.bytes);
        const buffer = await decode[context](data);
        const result = { slug: track.slug, index, context, expected: segment.samples, length: buffer.length,
          rate: buffer.sampleRate, channels: buffer.numberOfChannels, difference: 0, lags: [] };
        for (let c = 0; c < buffer.numberOfChannels; c++) {
          const heard = buffer.getChannelData(c);
          const pick = (from) => Float32Array.from({ length: segment.samples }, (_, i) => from[(segment.start + i) * 2 + c]);
          const reference = pick(all);
          for (let i = 0; i < reference.length; i++)
            result.difference = Math.max(result.difference, Math.abs((heard[i] ?? 9) - reference[i]));
          result.lags.push(lag(heard, reference));
          if (source) result.lags.push(lag(heard, pick(source)));
        }
        await post('/result', result);
      }
    }
  }
  await post('/done', {});
} catch (error) { await post('/done', { error: String(error) }); }
</script>`;

const results = [];
const done = Promise.withResolvers?.() ?? (() => { let resolve; const promise = new Promise((r) => (resolve = r)); return { promise, resolve }; })();
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      response.end();
      if (request.url === '/result') results.push(JSON.parse(body));
      else done.resolve(JSON.parse(body).error);
    });
    return;
  }
  if (request.url === '/') return response.setHeader('content-type', 'text/html').end(page);
  const path = join(folder, request.url);
  if (!/^\/[a-z0-9.-]+$/.test(request.url) || !existsSync(path)) return response.writeHead(404).end();
  response.end(readFileSync(path));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const profile = mkdtempSync(join(tmpdir(), 'demo-music-'));
const browser = spawn(chromium, ['--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-gpu',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=no-user-gesture-required', `--user-data-dir=${profile}`,
  `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
const deadline = setTimeout(() => done.resolve('no answer within nine minutes'), 540_000);
browser.on('error', (error) => done.resolve(String(error)));
const failure = await done.promise;
clearTimeout(deadline);
const gone = new Promise((resolve) => browser.once('exit', resolve));
if (browser.kill()) await gone;
server.closeAllConnections();
server.close();
rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });

const expected = library.reduce((n, track) => n + track.segments.length * 2, 0);
const wrong = results.filter((r) => r.length !== r.expected || r.rate !== 48000 || r.channels !== 2
  || r.difference > 1e-3 || r.lags.some((lag) => lag !== 0));
for (const r of process.env.VERBOSE ? results : wrong) console.log(JSON.stringify(r));
const worst = Math.max(...results.map((r) => r.difference));
if (failure) console.log(`the browser failed: ${failure}`);
console.log(`${results.length} of ${expected} decodes done, ${wrong.length} wrong; largest difference from libopus ${worst.toExponential(2)}`);
process.exit(failure || wrong.length || results.length !== expected ? 1 : 0);
