// Shows the topics whose name, or a member of which, holds what was typed.
const filter = document.getElementById('filter')
const sections = [...document.querySelectorAll('section')]
filter.hidden = false
filter.addEventListener('input', () => {
  const text = filter.value.trim().toLowerCase()
  for (const section of sections) {
    section.hidden = !`${section.id} ${section.querySelector('h2').textContent} ${section.dataset.members}`.includes(text)
    document.querySelector(`nav a[href="#${section.id}"]`).parentElement.hidden = section.hidden
    for (const row of section.querySelectorAll('tbody tr'))
      row.classList.toggle('found', text !== '' && row.firstElementChild.textContent.includes(text))
  }
  for (const list of document.querySelectorAll('nav ul')) list.previousElementSibling.hidden = [...list.children].every(item => item.hidden)
  document.getElementById('none').hidden = sections.some(section => !section.hidden)
})
