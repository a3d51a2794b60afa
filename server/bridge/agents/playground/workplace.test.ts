import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Workplace } from './workplace.ts';

/** A directory with a file, links that lead out, into `.git` and to the file, and a `.git`. */
async function workplace(): Promise<Workplace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'rejoin-place-')));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, '.git'));
  await mkdir(join(root, 'sub'));
  await writeFile(join(root, '.git', 'config'), 'x');
  await writeFile(join(root, 'real.txt'), 'real\n');
  await symlink('/etc', join(root, 'out'));
  await symlink('.git', join(root, 'gitlink'));
  await symlink('real.txt', join(root, 'inner.txt'));
  await symlink('/no/such/place', join(root, 'dangling'));
  return new Workplace(root);
}

test.each([
  ['..', 'outside'],
  ['../x', 'outside'],
  ['sub/../../x', 'outside'],
  ['/etc/hostname', 'outside'],
  ['out/hostname', 'outside'],
  ['out/new/deep.txt', 'outside'],
  ['.git', 'git itself'],
  ['.git/config', 'git itself'],
  ['sub/.GIT/x', 'git itself'],
  ['gitlink/config', 'git itself'],
])('[PG1] "%s" is refused as %s', async (path, why) => {
  const place = await workplace();
  await expect(place.inside(path)).rejects.toThrow(why);
  await expect(place.writable(path)).rejects.toThrow(why);
});

test.each(['.', 'real.txt', 'sub/new/deep.txt', './sub/../real.txt', '.gitignore', '..hidden'])(
  '[PG1] "%s" is inside',
  async (path) => {
    const place = await workplace();
    expect(await place.inside(path)).toBe(join(place.root, path));
  },
);

test('[PG1] a link inside is read as what it stands for, and not written', async () => {
  const place = await workplace();
  expect(await place.text('inner.txt')).toBe('real\n');
  await expect(place.writable('inner.txt')).rejects.toThrow('symbolic link');
  await expect(place.writable('dangling')).rejects.toThrow();
  await expect(place.writable('sub')).rejects.toThrow('is a directory');
});

test('[PG1] what is no text, or too long for it, is not shown', async () => {
  const place = await workplace();
  await writeFile(join(place.root, 'bytes'), Buffer.from([1, 0, 2]));
  await expect(place.text('bytes')).rejects.toThrow('not text');
  await writeFile(join(place.root, 'fits'), 'x'.repeat(512 * 1024));
  expect(await place.text('fits')).toHaveLength(512 * 1024);
  await writeFile(join(place.root, 'long'), 'x'.repeat(512 * 1024 + 1));
  await expect(place.text('long')).rejects.toThrow('too long');
  await expect(place.text('nothing')).rejects.toThrow('There is no file nothing.');
});

test('[PG1] files are found below a path, but not behind links, in .git or where tools put theirs', async () => {
  const place = await workplace();
  await mkdir(join(place.root, 'node_modules'));
  await writeFile(join(place.root, 'node_modules', 'x'), '');
  await writeFile(join(place.root, 'sub', 'b.txt'), 'b');
  expect((await place.files('.')).map((file) => file.path)).toEqual(['real.txt', 'sub/b.txt']);
  expect(await place.names('.')).toEqual([
    'node_modules/',
    'sub/',
    'dangling',
    'gitlink',
    'inner.txt',
    'out',
    'real.txt',
  ]);
});
