// Another process on the same cache. Usage: node actor.mjs hold|race|commits|use FOLDER ...
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { digestOf } from '../../../dist/base/canonical.js';
import { openStore } from '../../../dist/store/local/open-store.js';

const [action, folder, ...rest] = process.argv.slice(2);
const store = await openStore(folder);

/** Says who it is, then waits to be killed. */
async function hold(key) {
  const claim = await store.claim(key);
  if (claim.type === 'claimed') writeFileSync(claim.workspace.stateFile, `state of ${process.pid}`);
  console.log(claim.type);
  setInterval(() => {}, 1000);
}

/** Claims each key once at an agreed moment, and tells which it got. */
async function race(startAt, ...keys) {
  while (Date.now() < Number(startAt)) {}
  for (const key of keys) {
    const claim = await store.claim(key);
    console.log(`${key} ${claim.type}`);
  }
  // Held until every other is through.
  setTimeout(() => {}, 1500);
}

/** Takes a device for a process that outlives this one, says which, and waits to be killed. */
async function use(device) {
  const claim = store.claimDevice(device);
  if (claim.type !== 'claimed') throw new Error(claim.owner);
  const user = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  claim.usedBy(user.pid);
  console.log(`user ${user.pid}`);
  setInterval(() => {}, 1000);
}

/** Publishes entries of two outputs each, one after the other, for ever. */
async function commits(prefix) {
  for (let count = 0; ; count += 1) {
    const preimage = { kind: 'value', params: { prefix, count } };
    const key = digestOf(preimage);
    const { workspace } = await store.claim(key);
    const outputs = {};
    for (const port of ['left', 'right']) {
      const text = `${prefix} ${count} ${port} `.repeat(200);
      const path = `${workspace.outputs}/${port}`;
      const file = openSync(path, 'w');
      writeFileSync(file, text);
      fsyncSync(file);
      closeSync(file);
      const digest = createHash('sha256').update(text).digest('hex');
      outputs[port] = { type: 'file', leaf: { path, digest, bytes: Buffer.byteLength(text) } };
    }
    const facts = {
      kind: 'value',
      startedAt: '',
      seconds: 0,
      threads: 1,
      host: '',
      kshotVersion: '',
      deterministic: true,
    };
    const result = await store.commit(workspace, { format: 1, key, preimage, inputs: {}, facts }, outputs);
    if (!result.ok) throw new Error(result.failure.message);
    console.log(key);
  }
}

await { hold, race, commits, use }[action](...rest);
