// An event's own page is printed without the admin around it: the frame prints itself.

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-prints]")) {
    print();
  }
});
