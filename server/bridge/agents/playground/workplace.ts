import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Why something was not done, in a sentence for the person who asked for it. */
export class NotDone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotDone';
  }
}

export interface FoundFile {
  /** Relative to the working directory, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly changedAt: number;
}

const readableBytesMax = 512 * 1024;
const filesMax = 5000;
const skipped = new Set(['node_modules', 'dist', 'build', 'coverage']);

/** The working directory of a session and the rule that nothing outside of it, or inside `.git`, is touched. */
export class Workplace {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /**
   * The absolute path of a place inside the working directory.
   *
   * @throws NotDone for a path that leads out of it, by `..` or by a symbolic link, or into `.git`
   */
  async inside(path: string): Promise<string> {
    const absolute = resolve(this.root, path);
    this.#check(path, absolute, this.root);
    const root = await realpath(this.root);
    const existing = await nearestExisting(absolute);
    const real = await realpath(existing);
    this.#check(path, resolve(real, relative(existing, absolute)), root);
    return absolute;
  }

  /** {@link inside}, for a file that is to be written or deleted: it may not be a link, which stands for another file. */
  async writable(path: string): Promise<string> {
    const absolute = await this.inside(path);
    const there = await lstat(absolute).catch(() => null);
    if (there?.isSymbolicLink() === true) {
      throw new NotDone(`${path} is a symbolic link; I change only files themselves.`);
    }
    if (there?.isDirectory() === true) throw new NotDone(`${path} is a directory.`);
    return absolute;
  }

  /** @throws NotDone when there is no such file, it is too long to show, or it is not text */
  async text(path: string): Promise<string> {
    const absolute = await this.inside(path);
    const there = await stat(absolute).catch(() => null);
    if (there === null) throw new NotDone(`There is no file ${path}.`);
    if (!there.isFile()) throw new NotDone(`${path} is not a file.`);
    if (there.size > readableBytesMax) {
      throw new NotDone(`${path} has ${String(there.size)} bytes, which is too long for me.`);
    }
    const bytes = await readFile(absolute);
    if (bytes.includes(0)) throw new NotDone(`${path} is not text.`);
    return bytes.toString('utf8');
  }

  /** Names in a directory, directories first and with a `/` at the end. */
  async names(path: string): Promise<string[]> {
    const absolute = await this.inside(path);
    const entries = await readdir(absolute, { withFileTypes: true }).catch(() => null);
    if (entries === null) throw new NotDone(`There is no directory ${path}.`);
    const named = entries.filter((entry) => entry.name !== '.git');
    const directories = named
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${entry.name}/`);
    const files = named.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return [...directories.sort(), ...files.sort()];
  }

  /** Files at and below a path, without hidden directories and those that tools fill; at most 5,000. */
  async files(path: string): Promise<FoundFile[]> {
    const start = await this.inside(path);
    const found: FoundFile[] = [];
    const open = [start];
    for (let at = open.shift(); at !== undefined && found.length < filesMax; at = open.shift()) {
      const there = await lstat(at).catch(() => null);
      if (there?.isDirectory() === true) {
        const names = await readdir(at).catch(() => []);
        const wanted = names.filter((name) => !name.startsWith('.') && !skipped.has(name)).sort();
        open.push(...wanted.map((name) => join(at, name)));
      } else if (there?.isFile() === true) {
        found.push({ path: this.#shown(at), bytes: there.size, changedAt: there.mtimeMs });
      }
    }
    return found;
  }

  #shown(absolute: string): string {
    return relative(this.root, absolute).split(sep).join('/');
  }

  #check(path: string, absolute: string, root: string): void {
    const inside = relative(root, absolute);
    if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(root, inside) !== absolute) {
      throw new NotDone(`${path} is outside the working directory; I stay inside it.`);
    }
    if (inside.split(sep).some((part) => part.toLowerCase() === '.git')) {
      throw new NotDone(`${path} belongs to git itself; I do not touch it.`);
    }
  }
}

async function nearestExisting(absolute: string): Promise<string> {
  const there = await lstat(absolute).catch(() => null);
  const up = dirname(absolute);
  return there !== null || up === absolute ? absolute : nearestExisting(up);
}
