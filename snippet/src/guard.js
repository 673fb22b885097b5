/**
 * Return a function that swallows exceptions, so that no fault of ours shows on a shop's page.
 * @template {(...args: any[]) => any} T
 * @param {T} act
 * @returns {(...args: Parameters<T>) => ReturnType<T> | void}
 */
export const guard =
  (act) =>
  (...args) => {
    try {
      return act(...args);
    } catch {}
  };

/**
 * Call `act` with the arguments of each call of `owner[name]`, before it: `act` may change them. The function behaves as
 * before: a Proxy keeps its properties, its `this`, its result and its exceptions. Nothing happens where there is none.
 * @type {(owner: any, name: string, act: (args: any[]) => void) => void}
 */
export const before = guard((owner, name, act) => {
  owner[name] = new Proxy(owner[name], {
    apply(original, self, args) {
      guard(act)(args);
      return original.apply(self, args);
    },
  });
});
