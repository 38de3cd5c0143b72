import { describe, expect, it } from 'vitest';
import {
  createDistributionFinder,
  distributionKey,
  isOfInterpreter,
  placeInPackages,
  sourceOf,
} from '../../../src/session/auditing/python-places.js';
import { temporaryProject } from '../../support/temporary-project.js';

describe('files of a Python', () => {
  it('are its own but for what was installed for it', () => {
    const isOwn = (path: string) => isOfInterpreter(path, '/opt/conda/bin/python3.11');
    expect(
      [
        '/opt/conda/bin/python3.11',
        '/opt/conda/lib/python3.11/json/decoder.py',
        '/opt/conda/lib/python311.zip',
        '/opt/conda/lib/libpython3.11.so.1.0',
        '/home/u/env/pyvenv.cfg',
      ].filter((path) => !isOwn(path)),
    ).toEqual([]);
    expect(
      [
        '/opt/conda/lib/python3.11/site-packages/numpy/__init__.py',
        '/opt/conda/lib/libmkl_rt.so.2',
        '/opt/conda2/lib/python3.11/json/decoder.py',
        '/opt/conda/etc/conf',
      ].filter(isOwn),
    ).toEqual([]);
  });

  it('stand for the source that they were compiled from', () => {
    expect(sourceOf('/p/__pycache__/net.cpython-311.pyc')).toBe('/p/net.py');
    expect(sourceOf('__pycache__/six.cpython-39.opt-2.pyc')).toBe('six.py');
    expect(sourceOf('/p/net.pyc')).toBe('/p/net.pyc');
  });

  it('are of the distributions that have put them there', () => {
    const { path } = temporaryProject({
      files: {
        'site-packages/six-1.16.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n',
        'site-packages/six-1.16.0.dist-info/RECORD':
          '../../bin/six,,\nsix.py,sha256=x,1\n__pycache__/six.cpython-311.pyc,,\n',
        'site-packages/numpy-2.0.dist-info/METADATA': 'Name: numpy\nVersion: 2.0\n',
        'site-packages/numpy-2.0.dist-info/RECORD': 'numpy/__init__.py,,\nnumpy.libs/libblas.so,,\n',
        'site-packages/scikit_learn-1.2.egg-info/PKG-INFO': 'Name: scikit-learn\nVersion: 1.2\n',
        'site-packages/scikit_learn-1.2.egg-info/top_level.txt': 'sklearn\n',
        'site-packages/Old-0.3-py3.11.egg-info': '',
      },
    });
    const find = createDistributionFinder();
    const ownerOf = (below: string) => {
      const place = placeInPackages(path(`site-packages/${below}`));
      const owners = place === undefined ? [] : find(place.folder, place.below);
      return owners.map(({ name, version }) => `${name} ${version}`).join();
    };
    expect(ownerOf('__pycache__/six.cpython-311.pyc')).toBe('six 1.16.0');
    expect(ownerOf('numpy/core/_x.cpython-311-x86_64-linux-gnu.so')).toBe('numpy 2.0');
    expect(ownerOf('numpy.libs/libblas.so')).toBe('numpy 2.0');
    expect(ownerOf('sklearn/__init__.py')).toBe('scikit-learn 1.2');
    expect(ownerOf('Old/x.py')).toBe('Old 0.3');
    expect(ownerOf('copied/x.py')).toBe('');
    expect(placeInPackages('/home/u/packages/x.py')).toBeUndefined();
    expect(distributionKey('Scikit_Learn.x')).toBe('scikit-learn-x');
  });
});
