// Puts a picture on the canvas, as a page would that does not want its file saved.
const canvas = document.getElementById('canvas');
const picture = new Image();
picture.addEventListener('load', () => {
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
});
picture.src = 'samples/photo-with-camera-notes.jpg';
