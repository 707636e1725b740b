"""All cases for administrators, their incidents, and acting on them."""
