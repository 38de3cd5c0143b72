import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { nvidiaDriverVersion, nvidiaModels } from '../../src/engines/nvidia-driver.js';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function rootWith(files: { readonly [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'kshot-test-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

it.each([
  [
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc version 12.2.0\n',
    '535.104.05',
  ],
  [
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.14  Release Build  (dvs-builder@U16)\n',
    '550.54.14',
  ],
])('the version of the kernel driver is read from what it says of itself: %s', (text, version) => {
  expect(nvidiaDriverVersion(rootWith({ 'proc/driver/nvidia/version': text }))).toBe(version);
});

it('the models stand in the order of their places on the bus', () => {
  const root = rootWith({
    'proc/driver/nvidia/gpus/0000:65:00.0/information': 'Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ: 18\n',
    'proc/driver/nvidia/gpus/0000:17:00.0/information': 'Model: \t\t NVIDIA H100 PCIe\nIRQ: 17\n',
  });
  expect(nvidiaModels(root)).toEqual(['NVIDIA H100 PCIe', 'NVIDIA A100-SXM4-40GB']);
});

it('there is neither where there is no driver', () => {
  expect([nvidiaDriverVersion('/nowhere'), nvidiaModels('/nowhere')]).toEqual([undefined, []]);
});
