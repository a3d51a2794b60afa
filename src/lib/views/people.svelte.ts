import type { PersonInfo } from '#lib/domain/device.ts';
import type { PersonId } from '#lib/domain/ids.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe } from './observe.svelte.ts';

/** A person as shown: the bridge's list gives names and colours, never what a client claims. */
export interface ShownPerson {
  readonly id: PersonId;
  readonly name: string;
  /** 1 to 8. */
  readonly color: number;
  readonly me: boolean;
}

export class People {
  readonly #documents: Documents;
  readonly #people;

  constructor(documents: Documents) {
    this.#documents = documents;
    this.#people = observe(sourceOf(documents.bridge, (document) => document.people));
  }

  /** In order of joining, oneself included. */
  get all(): readonly ShownPerson[] {
    return this.#people.current.map((person) => this.#shown(person));
  }

  /** A person by id; somebody that this device has not heard of has no name yet. */
  find(id: PersonId): ShownPerson | null {
    const known = this.#people.current.find((person) => person.id === id);
    if (known !== undefined) return this.#shown(known);
    const { personId, personName } = this.#documents.identity;
    return id === personId ? { id, name: personName, color: 1, me: true } : null;
  }

  #shown(person: PersonInfo): ShownPerson {
    return {
      id: person.id,
      name: person.name,
      color: ((Math.max(1, person.color) - 1) % 8) + 1,
      me: person.id === this.#documents.identity.personId,
    };
  }
}
