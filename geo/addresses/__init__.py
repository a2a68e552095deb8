"""An address → where it is and how sure that is: parser, gazetteer, match. Nothing leaves the machine."""
