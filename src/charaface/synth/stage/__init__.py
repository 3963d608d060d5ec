"""What stands round the faces: grounds, places, things, figures, and the sheet that a scene is laid out on."""
