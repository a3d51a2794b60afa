import { describe, expect, test } from 'vitest';
import { chordOf, Keyboard } from './keyboard.svelte.ts';

/** Node has no KeyboardEvent; what the keyboard reads of one is this. */
function key(name: string, fields: Partial<KeyboardEvent> = {}): KeyboardEvent {
  let prevented = false;
  const event = {
    key: name,
    code: '',
    keyCode: 0,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    isComposing: false,
    timeStamp: 0,
    target: null,
    get defaultPrevented() {
      return prevented;
    },
    preventDefault() {
      prevented = true;
    },
    ...fields,
  };
  return event as unknown as KeyboardEvent;
}

function aKeyboard({ letters = true, apple = false } = {}) {
  const keyboard = new Keyboard({ letters: () => letters, apple });
  const pressed: string[] = [];
  const bind = (keys: string, when?: () => boolean) => ({
    keys,
    label: keys,
    run: () => void pressed.push(keys),
    ...(when === undefined ? {} : { when }),
  });
  return { keyboard, pressed, bind };
}

describe('chords', () => {
  test.each([
    ['Ctrl and k elsewhere is Mod+K', key('k', { ctrlKey: true }), false, 'Mod+K'],
    ['⌘ and k on Apple’s is Mod+K', key('k', { metaKey: true }), true, 'Mod+K'],
    ['a printed character has its shift in it', key('?', { shiftKey: true }), false, '?'],
    ['a named key shows its shift', key('F6', { shiftKey: true }), false, 'Shift+F6'],
    [
      'with ⌥ a digit is named by its place',
      key('¡', { altKey: true, code: 'Digit1' }),
      true,
      'Alt+1',
    ],
    ['a space is named', key(' '), false, 'Space'],
  ])('%s', (_name, event, apple, chord) => {
    expect(chordOf(event, apple)).toBe(chord);
  });

  test('a modifier alone is none', () => {
    expect(chordOf(key('Shift', { shiftKey: true }), false)).toBeNull();
  });
});

describe('what a key press does', () => {
  test('two keys in a row are one binding, if the second comes soon', () => {
    const { keyboard, pressed, bind } = aKeyboard();
    keyboard.register('anywhere', [bind('g t')]);
    keyboard.press(key('g', { timeStamp: 0 }));
    keyboard.press(key('t', { timeStamp: 1199 }));
    keyboard.press(key('g', { timeStamp: 5000 }));
    keyboard.press(key('t', { timeStamp: 6200 }));
    expect(pressed).toEqual(['g t']);
  });

  test('letters are off by the setting, chords are not', () => {
    const { keyboard, pressed, bind } = aKeyboard({ letters: false });
    keyboard.register('anywhere', [bind('w'), bind('Mod+B')]);
    keyboard.press(key('w'));
    keyboard.press(key('b', { ctrlKey: true }));
    expect(pressed).toEqual(['Mod+B']);
  });

  test('nothing is handled during a composition', () => {
    const { keyboard, pressed, bind } = aKeyboard();
    keyboard.register('anywhere', [bind('w'), bind('Mod+B')]);
    keyboard.press(key('w', { isComposing: true }));
    keyboard.press(key('b', { ctrlKey: true, keyCode: 229 }));
    expect(pressed).toEqual([]);
  });

  test('the latest registration that applies gets the key, and an ended one never', () => {
    const { keyboard, pressed, bind } = aKeyboard();
    keyboard.register('anywhere', [{ ...bind('Escape'), run: () => void pressed.push('first') }]);
    const end = keyboard.register('tasks', [
      { ...bind('Escape'), run: () => void pressed.push('second') },
    ]);
    keyboard.register('tasks', [bind('Escape', () => false)]);
    keyboard.press(key('Escape'));
    end();
    keyboard.press(key('Escape'));
    expect(pressed).toEqual(['second', 'first']);
  });

  test('a key that somebody handled is left alone', () => {
    const { keyboard, pressed, bind } = aKeyboard();
    keyboard.register('anywhere', [bind('w')]);
    const handled = key('w');
    handled.preventDefault();
    keyboard.press(handled);
    expect(pressed).toEqual([]);
  });
});

test('keys are shown as the system writes them', () => {
  expect(aKeyboard({ apple: true }).keyboard.shown('Mod+Shift+Enter')).toBe('⌘⇧↵');
  expect(aKeyboard().keyboard.shown('Mod+B')).toBe('Ctrl B');
  expect(aKeyboard().keyboard.shown('g t')).toBe('g t');
});
