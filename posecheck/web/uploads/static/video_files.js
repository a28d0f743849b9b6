/** Which of the files that somebody chose or dropped are worth sending. Whether they are videos, the server finds out. */

const HIDDEN = /^(\.|~\$)/;

/**
 * Part files into `videos`, to be sent, and `others`, to be told of; those that systems put beside others are in neither.
 * `offered` are types and endings as in `accept`; `known` has the names that are passed over and the endings of downloads.
 */
export function parted(files, offered, known) {
  const meant = files.filter(({ name }) => !HIDDEN.test(name) && !known.passedOver.includes(name.toLowerCase()));
  const videos = meant.filter((file) => mayBeVideo(file, offered, known.unfinished));
  return { videos, others: meant.filter((file) => !videos.includes(file)) };
}

function mayBeVideo({ name, type }, offered, unfinished) {
  const ends = (endings) => endings.some((ending) => name.toLowerCase().endsWith(ending));
  if (ends(unfinished)) return false;
  // A browser leaves the type empty where it does not know the ending: the server knows more.
  return type === "" || type.startsWith("video/") || ends(offered);
}
