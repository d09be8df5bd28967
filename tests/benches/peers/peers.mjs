// PouchDB doing what a phone does here: a put, a first pull of a community over HTTP, a pull of 100 changes.
//
//   node peers.mjs RECORDS.jsonl
//
// RECORDS holds one JSON document a line, each with its `_id`. Prints a list of `{name, value, unit}`. The server runs in a
// process of its own, as an office does. CouchDB answers a replication uncompressed, this server compresses what is asked
// for so: bytes are told of both, times of the first.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import PouchDB from 'pouchdb';

const ROUNDS = 300;
const CHANGED = 100;
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

/** A CouchDB-compatible server over memory, on a port it tells. */
async function serve() {
  const { default: express } = await import('express');
  const { default: app } = await import('express-pouchdb');
  const { default: memory } = await import('pouchdb-adapter-memory');
  PouchDB.plugin(memory);
  const Held = PouchDB.defaults({ adapter: 'memory' });
  const server = express().use('/', app(Held, { mode: 'minimumForPouchDB', inMemoryConfig: true })).listen(0, '127.0.0.1', () =>
    process.send({ port: server.address().port }));
}

/** Hands bytes on to `port` and counts those that come back. */
async function meter(port) {
  const counted = { received: 0, requests: 0 };
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    counted.requests += 1;
    const { method, url, headers } = request;
    const onward = http.request({ port, host: '127.0.0.1', method, path: url, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (chunk) => { counted.received += chunk.length; });
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { counted, url: `http://127.0.0.1:${server.address().port}/community`, stop: () => { server.close(); agent.destroy(); } };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** PouchDB that asks for answers `as` they may be encoded. */
function through(url, as) {
  const fetch = (address, options) => {
    options.headers.set('Accept-Encoding', as);
    return PouchDB.fetch(address, options);
  };
  return new PouchDB(url, { fetch });
}

/** Pulls into `phone` what it lacks, and tells milliseconds and KiB. */
async function pull(phone, line, as) {
  line.counted.received = 0;
  const took = await timed(async () => {
    const { ok } = await phone.replicate.from(through(line.url, as), { batch_size: 1_000 });
    if (!ok) throw new Error('the pull was cut');
  });
  return { took, kib: line.counted.received / 1024 };
}

async function main(records) {
  const folder = mkdtempSync(join(tmpdir(), 'peers-'));
  const office = fork(new URL(import.meta.url), ['--serve'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const figures = [];
  const tell = (name, value, unit) => figures.push({ name, value, unit });
  try {
    const [{ port }] = await once(office, 'message');
    const far = new PouchDB(`http://127.0.0.1:${port}/community`);
    for (let at = 0; at < records.length; at += 1_000) await far.bulkDocs(records.slice(at, at + 1_000));

    const line = await meter(port);
    const [phone, packed] = ['phone', 'packed'].map((name) => new PouchDB(join(folder, name)));
    const first = await pull(phone, line, 'identity');
    const firstPacked = await pull(packed, line, 'gzip');
    const keys = records.slice(0, CHANGED).map((record) => record._id);
    const { rows } = await far.allDocs({ include_docs: true, keys });
    await far.bulkDocs(rows.map(({ doc }) => ({ ...doc, people: 5 })));
    const again = await pull(phone, line, 'identity');
    const againPacked = await pull(packed, line, 'gzip');
    tell(`first pull of ${records.length} records`, first.took, 'ms');
    tell('  bytes', first.kib, 'KiB');
    tell('  compressed', firstPacked.kib, 'KiB');
    tell(`pull of ${CHANGED} changes`, again.took, 'ms');
    tell('  bytes', again.kib, 'KiB');
    tell('  compressed', againPacked.kib, 'KiB');

    const puts = [];
    for (const [round, { _id }] of records.slice(0, ROUNDS).entries()) {
      puts.push(await timed(async () => phone.put({ ...(await phone.get(_id)), people: round % 50 })));
    }
    tell('put, not durable', median(puts), 'ms');
    await Promise.all([phone.close(), packed.close()]);
    line.stop();
    return figures;
  } finally {
    office.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === '--serve') {
  await serve();
} else {
  const records = readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  console.log(JSON.stringify(await main(records)));
  process.exit(0);
}
