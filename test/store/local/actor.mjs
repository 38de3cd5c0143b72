// Another process on the same cache. Usage: node actor.mjs hold|race|commits|use|publish FOLDER ...
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
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

/** Claims a key, waits for as long as the file `until` is not there, and publishes; tells of both. */
async function publish(name, text, until) {
  const preimage = { format: 1, kind: 'value', code: hexDigest('code'), params: { name }, inputs: {} };
  const key = digestOf(preimage);
  let claim = await store.claim(key);
  for (; claim.type !== 'claimed'; claim = await store.claim(key)) {
    console.log(`${claim.type} ${claim.owner}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(`claimed, from ${claim.takenFrom ?? 'nobody'}`);
  while (!existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 20));
  try {
    writeFileSync(`${claim.workspace.outputs}/value`, text);
  } catch {
    console.log('folder gone');
    writeFileSync(`${folder}/../rescued`, text);
  }
  const path = existsSync(`${folder}/../rescued`)
    ? `${folder}/../rescued`
    : `${claim.workspace.outputs}/value`;
  const leaf = { path, digest: hexDigest(text), bytes: Buffer.byteLength(text) };
  const facts = {
    kind: 'value',
    startedAt: '',
    seconds: 0,
    threads: 1,
    host: '',
    kshotVersion: '',
    deterministic: false,
  };
  const entry = { format: 1, key, preimage, inputs: {}, facts };
  const result = await store.commit(claim.workspace, entry, { value: { type: 'file', leaf } });
  console.log(result.ok ? 'published' : result.failure.reason);
}

function hexDigest(text) {
  return createHash('sha256').update(text).digest('hex');
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

await { hold, race, commits, use, publish }[action](...rest);
